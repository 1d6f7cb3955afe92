import Foundation
import Synchronization

/// The one place where IDRKit ends a script before its last line: under `idrscript plan` at the first result that the script asks for, and under
/// `idrscript reproduce` when the recorded run is done. Nobody else's program is ended: see ``RunOptions/script``.
enum ScriptEnd {
    private static let ending = Mutex(())
    private static let failures = Atomic(false)

    /// From now on a process that would end with status 0 ends with 3: images of a run could not be had.
    static func hasFailures() { failures.store(true, ordering: .relaxed) }

    /// Gives the status its meaning when the process ends. Call it before anything else that wants to be called then: it comes last.
    static func watchStatus() {
        on_exit(
            { status, _ in
                guard status == 0, ScriptEnd.failures.load(ordering: .relaxed) else { return }
                fflush(nil)
                _exit(3)
            }, nil)
    }

    /// Ends the process with status 0, as the script's last line would: what was printed reaches its reader, and reports are written on the way
    /// out, by what ``NotebookRecorder`` has left with `atexit`.
    static func successfully() -> Never {
        // Tasks may ask for results side by side, and a process must not be ended twice: the others wait here.
        ending.withLock { _ -> Never in
            fflush(nil)
            exit(0)
        }
    }
}
