import IDRFiles
import Synchronization

/// Tells a person that a run waits for the network, and that it goes on.
package enum NetworkNotice {
    private static let listener = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// What is said goes to `say` from now on; to stderr before.
    package static func tell(_ say: @escaping @Sendable (String) -> Void) { listener.withLock { $0 = say } }

    static func say(_ text: String) {
        guard let say = listener.withLock({ $0 }) else {
            return StandardError.write(text + "\n")
        }
        say(text)
    }
}
