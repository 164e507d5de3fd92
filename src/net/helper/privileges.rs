//! Giving up every privilege but the two that the work needs.

use rustix::process::Pid;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, configure_capability_in_ambient_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};

use super::HelperError;

/// nftables, conntrack and netlink events; raw capture.
const KEPT: CapabilitySet = CapabilitySet::NET_ADMIN.union(CapabilitySet::NET_RAW);
/// The highest number that `CAP_*` could take.
const HIGHEST: u32 = 63;

/// Says what is missing before anything fails for want of it.
///
/// # Errors
/// [`HelperError::NotPrivileged`].
pub(super) fn check_privileges() -> Result<(), HelperError> {
    let held = capabilities(None::<Pid>)?.effective;
    if held.contains(CapabilitySet::NET_ADMIN) {
        Ok(())
    } else {
        Err(HelperError::NotPrivileged)
    }
}

/// Keeps `CAP_NET_ADMIN` and, if held, `CAP_NET_RAW`, also for the `nft` that is run; forbids gaining
/// any other. To be called by the first thread before there are others.
///
/// # Errors
/// [`HelperError::Privileges`]; without `CAP_NET_ADMIN` nothing can be done.
pub(super) fn drop_privileges() -> Result<(), HelperError> {
    let held = capabilities(None::<Pid>)?.permitted;
    if !held.contains(CapabilitySet::NET_ADMIN) {
        return Err(HelperError::NotPrivileged);
    }
    let kept = held & KEPT;
    if held.contains(CapabilitySet::SETPCAP) {
        for number in 0..=HIGHEST {
            let capability = CapabilitySet::from_bits_retain(1 << number);
            // A number that this kernel does not know is refused, and nothing to worry about.
            if !KEPT.contains(capability) {
                let _ = remove_capability_from_bounding_set(capability);
            }
        }
    }
    set_no_new_privs(true)?;
    set_capabilities(
        None,
        CapabilitySets {
            effective: kept,
            permitted: kept,
            inheritable: kept,
        },
    )?;
    // Without root's user id a program run by us gets only what is ambient.
    configure_capability_in_ambient_set(CapabilitySet::NET_ADMIN, true)?;
    Ok(())
}
