// What happens when LLVM gives up: a message and an exit status in place of a signal.
#include "shim.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <mutex>
#include <string>

using namespace llvm;

static thread_local std::string work;

static void reportAndExit(void *, const char *reason, bool) {
  // The first thread to give up ends the process; others wait for that here.
  static std::mutex once;
  once.lock();
  raw_fd_ostream stream(2, /*shouldClose=*/false, /*unbuffered=*/true);
  stream << "error: LLVM gave up" << (work.empty() ? "" : " on ") << work << ": " << reason << "\n";
  // Without destructors: other threads still use what these would destroy.
  std::_Exit(1);
}

/// From now on a fatal error of LLVM's is printed, and the process exits with status 1.
extern "C" void outboard_exit_on_fatal_error() {
  remove_fatal_error_handler();
  install_fatal_error_handler(reportAndExit);
}

/// What this thread has LLVM work on, for that message.
extern "C" void outboard_name_work(OutboardStr name) {
  work = toStringRef(name).str();
}

/// Ends the process without destructors: other threads still use what these would destroy.
extern "C" void outboard_exit_now(int status) {
  std::_Exit(status);
}
