import Foundation
import IDRFiles
import IDRRecord
import IDRTransfer
import Synchronization

/// Tells a person how a run goes: one line that is rewritten on a terminal, a plain line a batch otherwise. Everything goes to stderr.
final class Progress: Sendable {
    private struct State {
        var finished = 0
        var skipped = 0
        var started = ResourceMeter.wallSeconds()
        var lineIsOpen = false
        var said = Set<String>()
    }

    private let total: Int
    private let isTerminal: Bool
    private let isQuiet: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - total: images of the whole run.
    ///   - isQuiet: whether only what is wrong is said.
    init(total: Int, isQuiet: Bool) {
        self.total = total
        self.isQuiet = isQuiet
        isTerminal = isatty(STDERR_FILENO) == 1 && !isQuiet
        state = Mutex(State())
        NetworkNotice.tell { [weak self] text in if let self { self.say(text) } else { StandardError.write(text + "\n") } }
    }

    /// A line that stays, and says how things go.
    func tell(_ text: String) { if !isQuiet { say(text) } }

    /// A line that stays.
    func say(_ text: String) {
        state.withLock { state in
            if state.lineIsOpen { write("\r\u{1B}[K") }
            state.lineIsOpen = false
            write(text + "\n")
        }
    }

    /// A line that stays, the first time that it is said.
    func sayOnce(_ text: String) {
        if state.withLock({ $0.said.insert(text).inserted }) { say(text) }
    }

    /// Images that an earlier run has done.
    func skip(_ images: Int) { state.withLock { $0.skipped += images } }

    /// One more image is done.
    func finishedImage(batch: Int) {
        state.withLock { state in
            state.finished += 1
            guard isTerminal else { return }
            // One column less than the terminal has: a line that wraps could not be rewritten.
            write("\r\u{1B}[K" + Self.line(batch: batch, state: state, total: total).prefix(max(Self.columns - 1, 0)))
            state.lineIsOpen = true
        }
    }

    private static func line(batch: Int, state: State, total: Int) -> String {
        let seconds = (ResourceMeter.wallSeconds() - state.started) / Double(state.finished)
        let left = Double(total - state.finished - state.skipped) * seconds
        return
            "batch \(batch) · image \(state.finished + state.skipped) of \(total) · \(PeopleText.decimal(seconds, 2)) s an image · \(PeopleText.estimate(left)) left"
    }

    /// Width of the terminal.
    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func write(_ text: String) { StandardError.write(text) }
}
