namespace Converge.Numerics;

/// <summary>A block of native memory of each thread, kept from call to call, for a kernel's packed operands.</summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static Block? t_first;

    [ThreadStatic]
    private static Block? t_second;

    /// <summary>The thread's first block, at least <paramref name="elements"/> long; contents undefined; valid until the next call on this thread.</summary>
    public static T* First<T>(long elements) where T : unmanaged => (T*)(t_first ??= new Block()).AtLeast(elements * sizeof(T));

    /// <summary>The thread's second block, for a kernel that needs two.</summary>
    public static T* Second<T>(long elements) where T : unmanaged => (T*)(t_second ??= new Block()).AtLeast(elements * sizeof(T));

    private sealed class Block
    {
        private void* _data;
        private long _bytes;

        ~Block() => NativeBlock.Free(_data);

        public void* AtLeast(long bytes)
        {
            if (bytes > _bytes)
            {
                NativeBlock.Free(_data);
                _data = NativeBlock.Allocate((nuint)bytes);
                _bytes = bytes;
            }
            return _data;
        }
    }
}
