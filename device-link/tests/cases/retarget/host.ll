; What a compiler says of the host, and unwinding.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define void @kernel(ptr %out) #0 personality ptr @rust_eh_personality {
  invoke void @store(ptr %out) to label %done unwind label %pad
done:
  ret void
pad:
  %landing = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %landing
}

define internal fastcc void @part(ptr %out) #1 {
  store i32 1, ptr %out
  ret void
}

define internal void @store(ptr %out) #1 {
  call fastcc void @part(ptr %out) #2
  ret void
}

declare i32 @rust_eh_personality(i32, i32, i64, ptr, ptr)

attributes #0 = { noinline optnone uwtable "target-cpu"="x86-64" "target-features"="+sse4.2" "probe-stack"="inline-asm" }
attributes #1 = { noinline nonlazybind uwtable "target-cpu"="x86-64" }
attributes #2 = { noinline cold }
