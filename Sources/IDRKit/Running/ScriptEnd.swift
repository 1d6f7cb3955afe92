import Foundation
import Synchronization

/// The one place where IDRKit ends a script before its last line: under `idrscript plan` at the first result that the script asks for, and under
/// `idrscript reproduce` when the recorded run is done. Nobody else's program is ended: see ``RunOptions/script``.
enum ScriptEnd {
    private static let ending = Mutex(())

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
