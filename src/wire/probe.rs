//! Recognises the connectivity probes of operating systems.
