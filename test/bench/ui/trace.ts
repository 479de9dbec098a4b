/** Reads a Chromium trace: how long the page's main thread was busy, and with what, between marks. */
import { z } from 'zod';

const US_PER_MS = 1_000;

const eventSchema = z.object({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  ts: z.number().default(0),
  dur: z.number().optional(),
  /** On the thread's own clock, which stands still while another program has the core. */
  tts: z.number().optional(),
  tdur: z.number().optional(),
  args: z.record(z.string(), z.unknown()).default({}),
});
const traceSchema = z.object({ traceEvents: z.array(z.unknown()) });

type TraceEvent = z.infer<typeof eventSchema>;

interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

/** One task of the page's main thread; both clocks in milliseconds. */
export interface Task {
  readonly startMs: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** What the page did about one piece of text, up to the next, in milliseconds. */
export interface ChunkCost {
  /** Script, style and layout: what we write decides it. */
  readonly wallMs: number;
  /** The same, on the thread's own clock. */
  readonly cpuMs: number;
}

/** Categories that have to be recorded. */
export const TRACE_CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'blink.user_timing',
  'v8',
] as const;

const TASK = 'RunTask';
const SCRIPT_OR_LAYOUT: ReadonlySet<string> = new Set([
  ...['FunctionCall', 'EvaluateScript', 'RunMicrotasks', 'TimerFire', 'FireAnimationFrame'],
  ...['EventDispatch', 'MinorGC', 'MajorGC', 'V8.GC_MC_BACKGROUND_MARKING'],
  ...[
    'UpdateLayoutTree',
    'Layout',
    'PrePaint',
    'IntersectionObserverController::computeIntersections',
  ],
]);

export interface PageTrace {
  readonly tasks: readonly Task[];
  /** Of every mark but the last. */
  chunks(): readonly ChunkCost[];
}

/** @param pagePid of the process that draws the page. @param mark name of the user-timing marks */
export function readTrace(json: string, pagePid: number, mark: string): PageTrace {
  const { traceEvents } = traceSchema.parse(JSON.parse(json));
  const events = traceEvents.flatMap((event) => {
    const parsed = eventSchema.safeParse(event);
    return parsed.success && parsed.data.pid === pagePid ? [parsed.data] : [];
  });
  const thread = mainThread(events);
  const own = events.filter(({ tid }) => tid === thread).sort((a, b) => a.ts - b.ts);
  const tasks = own.filter(({ name, ph }) => name === TASK && ph === 'X');
  const marks = own.filter(({ name }) => name === mark).map(({ ts }) => ts);
  return {
    tasks: tasks.map((task) => ({
      startMs: task.ts / US_PER_MS,
      wallMs: (task.dur ?? 0) / US_PER_MS,
      cpuMs: (task.tdur ?? task.dur ?? 0) / US_PER_MS,
    })),
    chunks: () => chunkCosts(own, tasks, marks),
  };
}

function mainThread(events: readonly TraceEvent[]): number {
  const named = events.find(
    ({ name, args }) => name === 'thread_name' && args['name'] === 'CrRendererMain',
  );
  if (!named) throw new Error('the trace does not name the page’s main thread');
  return named.tid;
}

function chunkCosts(
  events: readonly TraceEvent[],
  tasks: readonly TraceEvent[],
  marks: readonly number[],
): readonly ChunkCost[] {
  // A piece is cared for from the start of the task that brought it.
  const starts = marks.map((at) => taskAround(tasks, at)?.ts ?? at);
  const busy = events.filter(({ name, ph }) => ph === 'X' && SCRIPT_OR_LAYOUT.has(name));
  return starts.slice(0, -1).map((from, index) => {
    const to = starts[index + 1] ?? from;
    const within = busy.filter(({ ts }) => ts >= from && ts < to);
    return { wallMs: unionMs(within.map(wallSpan)), cpuMs: unionMs(within.map(cpuSpan)) };
  });
}

function taskAround(tasks: readonly TraceEvent[], at: number): TraceEvent | undefined {
  return tasks.find(({ ts, dur }) => ts <= at && at <= ts + (dur ?? 0));
}

function wallSpan({ ts, dur }: TraceEvent): Span {
  return { startUs: ts, endUs: ts + (dur ?? 0) };
}

function cpuSpan(event: TraceEvent): Span {
  const { tts, tdur } = event;
  return tts === undefined ? wallSpan(event) : { startUs: tts, endUs: tts + (tdur ?? 0) };
}

/** Spans lie within each other, as calls do: each moment counts once. */
function unionMs(spans: readonly Span[]): number {
  let total = 0;
  let reached = -Infinity;
  for (const { startUs, endUs } of spans.toSorted((a, b) => a.startUs - b.startUs)) {
    total += Math.max(0, endUs - Math.max(startUs, reached));
    reached = Math.max(reached, endUs);
  }
  return total / US_PER_MS;
}
