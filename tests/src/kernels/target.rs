//! The targets of the matrix.

/// A target, with the processor that the matrix links for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// As the kernels' manifests name it.
    pub name: &'static str,
    /// What `device-link --target` gets.
    pub link: &'static str,
    /// Its floats have the host's bits, whatever error a manifest allows: it is linked without vector math.
    pub exact: bool,
}

/// All of them, in the order of the tables.
pub const TARGETS: [Target; 4] = [
    Target { name: "x86_64", link: "x86_64", exact: true },
    Target { name: "nvptx64", link: "nvptx64:sm_80", exact: false },
    Target { name: "amdgcn", link: "amdgcn:gfx90a", exact: false },
    Target { name: "spirv64", link: "spirv64", exact: false },
];

impl Target {
    /// The target of this name.
    pub fn named(name: &str) -> Option<Self> {
        TARGETS.into_iter().find(|target| target.name == name)
    }
}
