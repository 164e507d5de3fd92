//! Whether this kernel can take established connections past routing and the `inet` chains
//! (`nf_flow_table`), as `[forward] flowtable` asks.

use super::{RulesetError, nft};
use crate::config::Config;

/// The least ruleset of that kind. Named apart from ours: checking it must not touch what stands.
const TRIAL: &str = "table inet portico_trial {
	flowtable trial { hook ingress priority 0; devices = { lo }; counter; }
	chain trial { meta l4proto tcp flow add @trial; }
}
";

/// Whether the ruleset of the configuration is to have a flow table: it is asked for, and the kernel
/// knows what that is. Changes nothing.
///
/// # Errors
/// `nft` cannot be run.
pub(super) async fn is_wanted(config: &Config) -> Result<bool, RulesetError> {
    if !config.forward.flowtable {
        return Ok(false);
    }
    match nft::run(&["-c", "-f", "-"], TRIAL).await {
        Ok(_) => Ok(true),
        Err(RulesetError::Refused(why)) => {
            tracing::warn!(
                why,
                "this kernel has no flow tables: [forward] flowtable = true changes nothing, packets take the plain way"
            );
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
