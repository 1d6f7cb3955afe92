import IDRPlan

/// System calls that no script needs and that reach what walls do not hide: the user's keys in the kernel, other processes, mounts and
/// namespaces, and parts of the kernel in which holes were found again and again. In the sandbox they fail with EPERM.
///
/// The filter is a program of the kernel's classic packet filter, as `bwrap --seccomp` takes it.
enum SystemCalls {
    /// Numbers of the same calls on each processor: add_key, request_key, keyctl; ptrace, kcmp, process_vm_writev; unshare, setns;
    /// mount, umount2, pivot_root, chroot; bpf, perf_event_open, userfaultfd, open_by_handle_at.
    private static let x86: [UInt32] = [248, 249, 250, 101, 312, 311, 272, 308, 165, 166, 155, 161, 321, 298, 323, 304]
    private static let arm: [UInt32] = [217, 218, 219, 117, 272, 271, 97, 268, 40, 39, 41, 51, 280, 241, 282, 265]
    /// io_uring's three; open_tree to fspick; mount_setattr: the same everywhere.
    private static let everywhere: [UInt32] = Array(425...433) + [442]

    #if arch(x86_64)
        private static let (processor, denied): (UInt32, [UInt32]) = (0xC000_003E, x86 + everywhere)
    #elseif arch(arm64)
        private static let (processor, denied): (UInt32, [UInt32]) = (0xC000_00B7, arm + everywhere)
    #endif

    private static let allow: UInt32 = 0x7FFF_0000
    private static let kill: UInt32 = 0x8000_0000
    /// EPERM.
    private static let fail: UInt32 = 0x0005_0001

    /// The filter's bytes.
    static let filter: [UInt8] = {
        var program = load(offset: 4) + jump(ifEqual: processor, skip: 1) + answer(kill) + load(offset: 0)
        // Calls of x86's 32-bit pointers have numbers of their own, from here on.
        program += jump(ifAtLeast: 0x4000_0000, otherwiseSkip: 1) + answer(fail)
        for number in denied { program += jump(ifEqual: number, otherwiseSkip: 1) + answer(fail) }
        return program + answer(allow)
    }()

    private static func load(offset: UInt32) -> [UInt8] { instruction(0x20, 0, 0, offset) }
    private static func jump(ifEqual value: UInt32, skip: UInt8) -> [UInt8] { instruction(0x15, skip, 0, value) }
    private static func jump(ifEqual value: UInt32, otherwiseSkip skip: UInt8) -> [UInt8] { instruction(0x15, 0, skip, value) }
    private static func jump(ifAtLeast value: UInt32, otherwiseSkip skip: UInt8) -> [UInt8] { instruction(0x35, 0, skip, value) }
    private static func answer(_ value: UInt32) -> [UInt8] { instruction(0x06, 0, 0, value) }

    /// Code, places to skip where the comparison holds and where it does not, and a value.
    private static func instruction(_ code: UInt16, _ holds: UInt8, _ fails: UInt8, _ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: code.littleEndian, Array.init) + [holds, fails] + withUnsafeBytes(of: value.littleEndian, Array.init)
    }
}
