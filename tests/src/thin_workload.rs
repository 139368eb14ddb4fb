//! A workspace of modules for ThinLTO: each has a small function that the module before it imports, and larger ones
//! that call the small one of the module behind it. The larger ones are what is linked for: on a GPU kernels.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::{Run, Scratch, llvm};

/// What modules are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// This one.
    Host,
    /// An AMD GPU, gfx90a.
    Gpu,
}

impl Machine {
    /// clang's flags.
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Host => &["-fPIC"],
            Self::Gpu => &["--target=amdgcn-amd-amdhsa", "-mcpu=gfx90a", "-nogpulib", "-DGPU"],
        }
    }
}

/// Modules in a folder.
#[derive(Debug)]
pub struct Workload<'a> {
    scratch: &'a Scratch,
    machine: Machine,
    count: usize,
    functions: usize,
}

impl<'a> Workload<'a> {
    /// Compiles `count` modules of `functions` functions each into `scratch`, two at a time.
    pub fn new(scratch: &'a Scratch, machine: Machine, count: usize, functions: usize) -> Self {
        let workload = Self { scratch, machine, count, functions };
        let half = count / 2;
        std::thread::scope(|scope| {
            scope.spawn(|| (half..count).for_each(|module| workload.compile(module, 0)));
            (0..half).for_each(|module| workload.compile(module, 0));
        });
        workload
    }

    /// The names of the modules, relative to the folder.
    pub fn names(&self) -> Vec<String> {
        (0..self.count).map(|module| format!("m{module:02}.o")).collect()
    }

    /// The paths of the modules.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.names().iter().map(|name| self.scratch.path(name)).collect()
    }

    /// Compiles a module again, the `change`th version of it.
    pub fn compile(&self, module: usize, change: usize) {
        let source = self.scratch.write(&format!("m{module:02}.c"), self.source(module, change));
        let object = self.scratch.path(&format!("m{module:02}.o"));
        let clang =
            Run::new(llvm().tool("clang")).args(["-O2", "-flto=thin", "-c"]).args(self.machine.flags());
        clang.arg(source).arg("-o").arg(object).ok();
    }

    fn source(&self, module: usize, change: usize) -> String {
        let mut text = String::new();
        let mut line = |words: String| writeln!(text, "{words}").expect("a String takes everything");
        let is_last = module + 1 == self.count;
        let next = if is_last { module } else { module + 1 };
        line(
            "#ifdef GPU\n#define ENTRY __attribute__((amdgpu_kernel))\n#else\n#define ENTRY\n#endif"
                .to_owned(),
        );
        line(format!("unsigned leaf{next}(unsigned);"));
        let odd = 2 * module + 3;
        line(format!("unsigned leaf{module}(unsigned x) {{ return x * {odd} + {}; }}", module + change));
        line(format!("static unsigned only{module}(unsigned x) {{ return x ^ (x >> {}); }}", module % 7 + 1));
        for function in 0..self.functions {
            line(format!(
                "ENTRY void work{module}_{function}(unsigned *p, unsigned n) {{\n  unsigned s = {function};\n  \
                 for (unsigned k = 0; k < n; k++) {{\n    s += leaf{next}(p[k]) ^ only{module}(s + k);\n    \
                 p[k] = s * (k + {function}) - p[n - 1 - k];\n  }}\n  p[n] = s;\n}}"
            ));
        }
        text
    }
}
