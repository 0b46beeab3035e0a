// Kernels fill every stack buffer themselves; clearing it first would cost more than some of them take.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
