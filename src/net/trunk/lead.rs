//! The device of the tree towards the stations, and the filters that lead packets to it.

use std::collections::BTreeSet;

use rustix::io::Errno;

use super::{DOWN, Part, WayState};
use crate::config::InterfaceName;
use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::link;
use crate::wire::netlink::qdisc;
use crate::wire::netlink::redirect::{self, Filter, Hook};
use crate::wire::netlink::route::{self, Link, RouteEvent, Table};

/// The place of our filter among those of others (`504f`): by it, and by what it does, it is known.
const PREFERENCE: u16 = 0x504f;

/// All interfaces.
pub(super) fn links(socket: &mut Socket) -> Result<Vec<Link>, NetlinkError> {
    let mut links = Vec::new();
    socket.dump(
        &mut links,
        |out, seq| route::dump(out, seq, Table::Links),
        Vec::clear,
        |links, message| {
            if let Some(RouteEvent::Link(link)) = route::decode_route(message) {
                links.push(link);
            }
        },
    )?;
    Ok(links)
}

/// The index of the device, which is made where it is missing.
pub(super) fn ensure_device(socket: &mut Socket) -> Result<u32, WayState> {
    let made = socket.ask(|out, seq| link::add_ifb(out, seq, DOWN), |_| ());
    match made {
        Ok(()) | Err(NetlinkError::Refused(Errno::EXIST)) => {}
        Err(NetlinkError::Refused(Errno::OPNOTSUPP)) => return Err(WayState::Lacks { what: Part::Ifb }),
        Err(error) => return Err(error.into()),
    }
    let found = links(socket)?.into_iter().find(|link| link.name == DOWN);
    found.map(|link| link.index).ok_or_else(|| WayState::Away {
        interface: DOWN.to_owned(),
    })
}

/// The first of these interfaces on which our hooks find no place.
pub(super) fn occupied(
    socket: &mut Socket,
    interfaces: &BTreeSet<&InterfaceName>,
) -> Result<Option<String>, NetlinkError> {
    for link in links(socket)? {
        let wanted = interfaces.iter().any(|name| name.as_str() == link.name);
        if wanted && hooks(socket, link.index)? == Hooks::Other {
            return Ok(Some(link.name));
        }
    }
    Ok(None)
}

/// What stands where our hooks would.
#[derive(Debug, PartialEq, Eq)]
enum Hooks {
    None,
    Right,
    /// The older kind: with it, what is meant for the way out would be done on the way in.
    Other,
}

fn hooks(socket: &mut Socket, interface: u32) -> Result<Hooks, NetlinkError> {
    let asked = socket.ask(
        |out, seq| qdisc::get(out, seq, interface, redirect::HOOKS_HANDLE),
        qdisc::decode,
    );
    match asked {
        Ok(Some(stands)) if stands.discipline.kind() == redirect::HOOKS_KIND => Ok(Hooks::Right),
        Ok(Some(_)) => Ok(Hooks::Other),
        Ok(None) | Err(NetlinkError::Refused(Errno::NOENT | Errno::INVAL | Errno::NODEV)) => Ok(Hooks::None),
        Err(error) => Err(error),
    }
}

/// Sets the device up and leads everything to it that goes out by these interfaces, and by no others.
/// Interfaces that are not there yet are passed over.
pub(super) fn lead(
    socket: &mut Socket,
    device: u32,
    interfaces: &BTreeSet<&InterfaceName>,
) -> Result<(), WayState> {
    // Or what is led to it is dropped.
    socket.ask(|out, seq| link::set_up(out, seq, device), |_| ())?;
    for link in links(socket)?.iter().filter(|link| link.index != device) {
        let wanted = interfaces.iter().any(|name| name.as_str() == link.name);
        match (leads_to(socket, link.index)?, wanted) {
            (None, false) => {}
            (Some(target), true) if target == device => {}
            (Some(_), false) => release(socket, link.index)?,
            (Some(_), true) => {
                release(socket, link.index)?;
                take(socket, link, device)?;
            }
            (None, true) => take(socket, link, device)?,
        }
    }
    Ok(())
}

/// Removes all filters, then the device; not there is well, too.
pub(super) fn remove(socket: &mut Socket) -> Result<(), NetlinkError> {
    let links = links(socket)?;
    for link in &links {
        if leads_to(socket, link.index)?.is_some() {
            release(socket, link.index)?;
        }
    }
    let Some(device) = links.iter().find(|link| link.name == DOWN) else {
        return Ok(());
    };
    match socket.ask(|out, seq| link::delete(out, seq, device.index), |_| ()) {
        Err(NetlinkError::Refused(Errno::NODEV)) => Ok(()),
        outcome => outcome,
    }
}

fn filters(socket: &mut Socket, interface: u32, hook: Hook) -> Result<Vec<Filter>, NetlinkError> {
    let mut filters = Vec::new();
    let read = socket.dump(
        &mut filters,
        |out, seq| redirect::dump(out, seq, interface, hook),
        Vec::clear,
        |filters, message| filters.extend(redirect::decode(message)),
    );
    match read {
        // It has gone meanwhile.
        Err(NetlinkError::Refused(Errno::NODEV)) => Ok(Vec::new()),
        outcome => outcome.map(|()| filters),
    }
}

/// The device to which our filter leads, if the interface has it.
fn leads_to(socket: &mut Socket, interface: u32) -> Result<Option<u32>, NetlinkError> {
    let filters = filters(socket, interface, Hook::Egress)?;
    let mut ours = filters.iter().filter(|filter| filter.preference == PREFERENCE);
    Ok(ours.find_map(|filter| filter.target))
}

/// Gives an interface our filter.
fn take(socket: &mut Socket, link: &Link, device: u32) -> Result<(), WayState> {
    let foreign = || WayState::Foreign {
        interface: link.name.clone(),
    };
    match socket.ask(|out, seq| redirect::add_hooks(out, seq, link.index), |_| ()) {
        Ok(()) => {}
        Err(NetlinkError::Refused(Errno::NOENT)) => return Err(WayState::Lacks { what: Part::Clsact }),
        Err(NetlinkError::Refused(Errno::EXIST)) => {
            if hooks(socket, link.index)? != Hooks::Right {
                return Err(foreign());
            }
        }
        // It has gone meanwhile.
        Err(NetlinkError::Refused(Errno::NODEV)) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let led = socket.ask(
        |out, seq| redirect::add(out, seq, link.index, PREFERENCE, device),
        |_| (),
    );
    match led {
        Ok(()) => Ok(()),
        Err(NetlinkError::Refused(Errno::NOENT)) => Err(WayState::Lacks { what: Part::Redirect }),
        // Another kind of filter has our place.
        Err(NetlinkError::Refused(Errno::INVAL | Errno::EXIST)) => Err(foreign()),
        Err(error) => Err(error.into()),
    }
}

/// Takes our filter from an interface, and the hooks where nobody else uses them.
fn release(socket: &mut Socket, interface: u32) -> Result<(), NetlinkError> {
    let gone = |outcome| match outcome {
        Err(NetlinkError::Refused(Errno::NOENT | Errno::INVAL | Errno::NODEV)) => Ok(()),
        outcome => outcome,
    };
    gone(socket.ask(
        |out, seq| redirect::delete(out, seq, interface, PREFERENCE),
        |_| (),
    ))?;
    for hook in [Hook::Ingress, Hook::Egress] {
        if !filters(socket, interface, hook)?.is_empty() {
            return Ok(());
        }
    }
    gone(socket.ask(|out, seq| redirect::delete_hooks(out, seq, interface), |_| ()))
}
