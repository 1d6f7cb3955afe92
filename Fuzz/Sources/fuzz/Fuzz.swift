import Foundation
import IDRPlan

/// What one input is given to. Whatever it is, it is read or refused: no trap, no endless loop, no memory beyond libFuzzer's limit.
struct FuzzTarget: Sendable {
    let name: String
    let read: @Sendable ([UInt8]) throws -> Void

    static let all = TextTargets.all + ImageTargets.all + ArchiveTargets.all + IndexTargets.all

    /// The one that the environment names: libFuzzer's own arguments leave no room for it.
    static let chosen: FuzzTarget? = {
        let name = ProcessInfo.processInfo.environment["IDRKIT_FUZZ"]
        return all.first { $0.name == name }
    }()
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let target = FuzzTarget.chosen else {
        FileHandle.standardError.write(Data("IDRKIT_FUZZ must be one of \(FuzzTarget.all.map(\.name).joined(separator: " "))\n".utf8))
        exit(2)
    }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        try target.read(bytes)
    } catch let error as IDRError {
        // The machine's failures are none of an input's.
        if error.code == .system { fatalError("\(error)") }
        _ = error.description
    } catch {
        _ = "\(error)"
    }
    return 0
}

/// libFuzzer's own main, under the name that SwiftPM gives an executable's.
@_cdecl("fuzz_main")
public func fuzzMain(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments) { testOneInput($0, $1) }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The result of async work, waited for here: libFuzzer calls a function that is not.
enum Wait {
    private final class Box<Value: Sendable>: @unchecked Sendable {  // written before the semaphore is signalled, read after it was waited for
        var result: Result<Value, any Error>?
    }

    static func forResult<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let (box, done) = (Box<Value>(), DispatchSemaphore(value: 0))
        Task.detached {
            do { box.result = .success(try await body()) } catch { box.result = .failure(error) }
            done.signal()
        }
        done.wait()
        guard let result = box.result else { throw IDRError(.system, "nothing came") }
        return try result.get()
    }
}
