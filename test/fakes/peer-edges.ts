/** Real edge processes that know each other: the first hosts the bootstrap node, each is a supervisor of its own. */
import type { ChildProcess } from 'node:child_process';
import { createEdge, type Edge } from '../../electron/edge/edge-supervisor.ts';
import type { PeersReport, PeerServerHandlers } from '../../electron/edge/peer-ports.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import { createForkedChildren } from './fork-child.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';

export interface PeerEdge {
  readonly edge: Edge;
  readonly peerKey: Hex;
  readonly bootstrapPort: number;
  readonly log: MemoryLog;
  /** The newest edge process. */
  process(): ChildProcess;
  /** Resolves at the next time that peers can be reached. */
  nextReady(): Promise<PeersReport>;
}

/** @param bootstrapPort null hosts the bootstrap node */
export async function startPeerEdge(
  seedByte: number,
  bootstrapPort: number | null,
  handlers?: PeerServerHandlers,
): Promise<PeerEdge> {
  const forks = createForkedChildren('edge');
  const log = createMemoryLog();
  const watchers = new Set<(report: PeersReport) => void>();
  const edge = createEdge(
    { spawn: forks.spawn, clock: systemClock, log },
    {
      ...(handlers ? { peers: handlers } : {}),
      peersChanged(report) {
        if (report === null) return;
        for (const watcher of watchers) watcher(report);
        watchers.clear();
      },
    },
  );
  const report = await edge.startPeers({
    seed: async () => new Uint8Array(32).fill(seedByte),
    hostPort: bootstrapPort === null ? 0 : null,
    bootstrapPorts: bootstrapPort === null ? [] : [bootstrapPort],
    listen: handlers !== undefined,
  });
  return {
    edge,
    log,
    peerKey: report.peerKey,
    bootstrapPort: report.bootstrapPort ?? bootstrapPort ?? 0,
    process() {
      const child = forks.processes.at(-1);
      if (!child) throw new Error('no edge process was started');
      return child;
    },
    nextReady: () => new Promise((resolve) => watchers.add(resolve)),
  };
}
