// PassBuilder's callbacks and module passes, as C functions over Rust objects.
#include "shim.h"

#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"
#include <memory>

using namespace llvm;

static_assert(LLVM_PLUGIN_API_VERSION == 2, "PassPluginLibraryInfo in src/plugin.rs mirrors version 2");
static_assert(sizeof(PassPluginLibraryInfo) == 40, "PassPluginLibraryInfo in src/plugin.rs has five fields");

extern "C" {
/// A Rust pass object. `run` tells whether the module changed; `print` gives the pipeline's text.
struct OutboardModulePass {
  void *object;
  bool (*run)(void *object, LLVMModuleRef module);
  void (*print)(void *object, OutboardSink sink, void *string);
  void (*drop)(void *object);
};

/// A Rust closure behind a PassBuilder callback.
struct OutboardParsingCallback {
  void *object;
  bool (*call)(void *object, const char *text, size_t length, void *manager);
  void (*drop)(void *object);
};
struct OutboardStartCallback {
  void *object;
  void (*call)(void *object, void *manager);
  void (*drop)(void *object);
};
}

namespace {
class RustModulePass : public PassInfoMixin<RustModulePass> {
  std::shared_ptr<void> object;
  OutboardModulePass functions;

public:
  explicit RustModulePass(OutboardModulePass pass) : object(pass.object, pass.drop), functions(pass) {}

  PreservedAnalyses run(Module &module, ModuleAnalysisManager &) {
    return functions.run(object.get(), wrap(&module)) ? PreservedAnalyses::none() : PreservedAnalyses::all();
  }

  void printPipeline(raw_ostream &stream, function_ref<StringRef(StringRef)>) {
    functions.print(
        object.get(),
        [](void *stream, const char *data, size_t length) {
          static_cast<raw_ostream *>(stream)->write(data, length);
        },
        &stream);
  }

  // Runs at -O0 and on optnone functions too.
  static bool isRequired() { return true; }
};
} // namespace

extern "C" void outboard_add_module_pass(void *manager, OutboardModulePass pass) {
  static_cast<ModulePassManager *>(manager)->addPass(RustModulePass(pass));
}

extern "C" void outboard_on_parse_module_pass(void *builder, OutboardParsingCallback callback) {
  std::shared_ptr<void> object(callback.object, callback.drop);
  static_cast<PassBuilder *>(builder)->registerPipelineParsingCallback(
      [object, call = callback.call](StringRef text, ModulePassManager &manager,
                                     ArrayRef<PassBuilder::PipelineElement>) {
        return call(object.get(), text.data(), text.size(), &manager);
      });
}

extern "C" void outboard_on_pipeline_start(void *builder, OutboardStartCallback callback) {
  std::shared_ptr<void> object(callback.object, callback.drop);
  static_cast<PassBuilder *>(builder)->registerPipelineStartEPCallback(
      [object, call = callback.call](ModulePassManager &manager, OptimizationLevel) {
        call(object.get(), &manager);
      });
}
