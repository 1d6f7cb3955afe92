import CHDF5
import Foundation
import IDRFiles
import IDRPlan
import Synchronization

/// The parts of a file that are in memory, in pages. HDF5 reads from them through a file driver; what it misses is noted and fetched later.
package final class PagedBytes: Sendable {
    /// Small, for the metadata of an HDF5 file lies scattered.
    package static let pageSize = 1 << 14
    /// Pages fetched at once where HDF5 walks its metadata.
    private static let readAhead = 4

    package let length: Int
    private struct State {
        var pages: [Int: [UInt8]] = [:]
        var missing = Set<Int>()
    }
    private let state = Mutex(State())

    package init(length: Int) { self.length = length }

    /// Copies the bytes at `offset`; false, and noted, where some are not here.
    /// - Parameter isRaw: elements, of which is read what is needed; more is read of the file's structure, which HDF5 walks in small steps.
    package func copy(_ offset: Int, _ size: Int, isRaw: Bool, to buffer: UnsafeMutableRawPointer) -> Bool {
        guard size > 0 else { return true }
        let wanted = offset / Self.pageSize...(offset + size - 1) / Self.pageSize
        return state.withLock { state in
            let absent = wanted.filter { state.pages[$0] == nil }
            guard absent.isEmpty else {
                for page in absent { state.missing.formUnion(isRaw ? [page] : readAhead(from: page, state)) }
                return false
            }
            for number in wanted {
                guard let page = state.pages[number] else { return false }
                let start = max(offset, number * Self.pageSize)
                let end = min(offset + size, number * Self.pageSize + page.count)
                let part = page[start - number * Self.pageSize..<end - number * Self.pageSize]
                UnsafeMutableRawBufferPointer(start: buffer.advanced(by: start - offset), count: end - start).copyBytes(from: part)
            }
            return true
        }
    }

    private func readAhead(from page: Int, _ state: State) -> [Int] {
        let last = (length - 1) / Self.pageSize
        return (page..<min(page + Self.readAhead, last + 1)).filter { state.pages[$0] == nil }
    }

    /// Notes that `range` will be read, without read-ahead.
    package func want(_ range: Range<Int>) {
        guard !range.isEmpty, range.upperBound <= length else { return }
        state.withLock { state in
            for page in range.lowerBound / Self.pageSize...(range.upperBound - 1) / Self.pageSize where state.pages[page] == nil {
                state.missing.insert(page)
            }
        }
    }

    package var isMissingPages: Bool { state.withLock { !$0.missing.isEmpty } }

    /// What was missed since the last call, as ranges of bytes with gaps of less than a page's read-ahead closed.
    package func takeMissing() -> [Range<Int>] {
        let pages = state.withLock { state in
            defer { state.missing = [] }
            return state.missing.sorted()
        }
        var ranges: [Range<Int>] = []
        for page in pages {
            let range = page * Self.pageSize..<min((page + 1) * Self.pageSize, length)
            if let last = ranges.last, range.lowerBound - last.upperBound <= Self.readAhead * Self.pageSize {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }

    /// Takes in bytes that start at a page's beginning and end at one's end, or the file's; false for others.
    func store(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, offset % Self.pageSize == 0, offset <= length, bytes.count <= length - offset,
            bytes.count % Self.pageSize == 0 || offset + bytes.count == length
        else { return false }
        state.withLock { state in
            for start in stride(from: 0, to: bytes.count, by: Self.pageSize) {
                state.pages[(offset + start) / Self.pageSize] = Array(bytes[start..<min(start + Self.pageSize, bytes.count)])
            }
        }
        return true
    }
}

/// HDF5's view of pages.
enum PagedDriver {
    @HDF5Actor private static var registered: hid_t = -1

    /// Opens the pages for reading. They must outlive the handle.
    @HDF5Actor
    static func open(_ pages: PagedBytes, called name: String) throws(IDRError) -> HDF5Handle {
        let what = "\(name) cannot be opened as HDF5"
        if registered < 0 { registered = try HDF5Failure.check(idr_h5_register_driver(), what) }
        let access = try HDF5Handle(H5Pcreate(idr_h5p_file_access()), what, closedBy: H5Pclose)
        let source = idr_h5_source(
            read: { context, isRaw, offset, size, buffer in
                guard let context, let buffer, let offset = Int(exactly: offset) else { return -1 }
                return Unmanaged<PagedBytes>.fromOpaque(context).takeUnretainedValue().copy(offset, size, isRaw: isRaw != 0, to: buffer) ? 0 : -1
            }, context: Unmanaged.passUnretained(pages).toOpaque(), length: UInt64(pages.length))
        try HDF5Failure.check(idr_h5_set_source(access.id, registered, source), what)
        return try HDF5Handle(H5Fopen(name, idr_h5f_rdonly(), access.id), what, closedBy: H5Fclose)
    }
}
