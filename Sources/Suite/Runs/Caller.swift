package import Reporting
package import Sweep

/// Who runs something: what reports say of it, and who is told how it gets on.
package struct Caller {
    /// As manifests have it.
    package var toolVersion: String
    package var commandLine: [String]
    /// What the run is called by; nil without any.
    package var labels: Labels?
    package var progress: (any RunProgress)?
    /// Called when the model is there, and what comes from now on is worth keeping.
    package var didLoad: () -> Void
    /// Asked between repetitions; true ends the run in order, with everything kept.
    package var isCancelled: () -> Bool

    package init(
        toolVersion: String = "", commandLine: [String] = [], labels: Labels? = nil,
        progress: (any RunProgress)? = nil, didLoad: @escaping () -> Void = {},
        isCancelled: @escaping () -> Bool = { false }
    ) {
        self.toolVersion = toolVersion
        self.commandLine = commandLine
        self.labels = labels
        self.progress = progress
        self.didLoad = didLoad
        self.isCancelled = isCancelled
    }

    func warn(_ text: String) { progress?.report(.warning(text)) }

    /// What makes the times of this build worth nothing.
    func warnOfDebugBuild() {
        if BuildConfiguration.isDebug {
            warn("this is a debug build: its times are worth nothing")
        }
    }
}

/// Who is told how a run gets on, also beside the cells of a sweep.
package protocol RunProgress: Progress {
    /// What goes on outside the cells.
    func note(_ text: String)
    /// A line that stays.
    func say(_ line: String)
    /// What came of an attempt of a search.
    func announce(_ probe: Probe)
}

/// Nothing was measured when the run was asked to stop.
package struct NothingMeasured: Error, CustomStringConvertible {
    package var description: String { "stopped before anything was measured" }
}
