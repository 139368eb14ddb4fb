// load_plugin LIBLLVM PLUGIN: loads a plugin beside a libLLVM as LLVM does, and prints what the plugin says.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

// llvm::PassPluginLibraryInfo, API version 2. Version 1, of LLVM before 22, has no last field; the plugin
// returns it through a pointer to memory of this size.
struct pass_plugin_library_info {
  uint32_t api_version;
  const char *name, *version;
  void *register_callbacks, *pre_code_gen;
};

int main(int argc, char **argv) {
  // RTLD_GLOBAL as a compiler's own libraries are; RTLD_LAZY is how DynamicLibrary::getPermanentLibrary loads.
  void *llvm = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : NULL;
  void *plugin = llvm ? dlopen(argv[2], RTLD_LAZY | RTLD_GLOBAL) : NULL;
  if (!plugin) {
    fprintf(stderr, "%s: %s\n", argv[0], argc == 3 ? dlerror() : "two libraries are wanted");
    return 1;
  }
  struct pass_plugin_library_info (*info)(void) = dlsym(plugin, "llvmGetPassPluginInfo");
  struct pass_plugin_library_info found = info();
  printf("%s: api version %u, %s\n", found.name, found.api_version,
         found.register_callbacks ? "registers" : "registers nothing");
}
