import Foundation

/// Memory and CPU time of this process, from the operating system.
package enum ResourceMeter {
    /// CPU seconds of the whole process.
    package static func processCPUSeconds() -> Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    /// Seconds of a clock that never goes back.
    package static func wallSeconds() -> Double { seconds(of: CLOCK_MONOTONIC) }

    /// Seconds since the process began, to a hundredth; 0 where the system does not tell.
    package static func processAgeSeconds() -> Double {
        // The name in parentheses may hold spaces; the 20th field after it is the start, in ticks since boot.
        let status = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
        let fields = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
        guard fields.count > 20, let ticks = Double(fields[20]) else { return 0 }
        return max(0, seconds(of: CLOCK_BOOTTIME) - ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Starts a new peak: `peakMemoryBytes` then tells of what comes after. Where the kernel does not allow it, the peak is the process's.
    package static func resetPeakMemory() {
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        try? file.write(contentsOf: Data("5".utf8))
        try? file.close()
    }

    /// Largest resident memory since the last reset.
    package static func peakMemoryBytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
