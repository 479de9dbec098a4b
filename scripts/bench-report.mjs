/** The arithmetic of a bench report, and its table; pure. */

/** @typedef {{ ours: number[], peer: number[] }} SamplePair */
/**
 * @typedef {object} BenchReport
 * @property {string} name
 * @property {string} commit
 * @property {Record<string, unknown>} machine
 * @property {Record<string, unknown>} config
 * @property {string} unit
 * @property {Record<string, string>} [units] of labels that have another; less is better where it is `ms`
 * @property {string} warmUp
 * @property {Record<string, SamplePair>} samples raw, in the order they were taken
 * @property {Record<string, { ours: number | null, peer: number | null }>} median
 * @property {Record<string, number | null>} ratio ours divided by the peer's, of the medians; the other way round for
 *   labels whose own unit is `ms`, so that more than 1 says that ours is ahead
 */

/**
 * @param {readonly number[]} samples
 * @returns {number | null} null when there is none
 */
export function median(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/**
 * @param {Pick<BenchReport, 'name' | 'config' | 'unit' | 'units' | 'warmUp' | 'samples'>} result as a bench hands it back
 * @param {Pick<BenchReport, 'commit' | 'machine'>} where
 * @returns {BenchReport}
 */
export function completeReport(result, { commit, machine }) {
  const { name, config, unit, units, warmUp, samples } = result;
  const medians = Object.entries(samples).map(([label, { ours, peer }]) => {
    return /** @type {const} */ ([label, { ours: median(ours), peer: median(peer) }]);
  });
  const ratios = medians.map(([label, { ours, peer }]) => {
    if (ours === null || peer === null || peer === 0) return [label, null];
    return [label, units?.[label] === 'ms' ? peer / ours : ours / peer];
  });
  return {
    name,
    commit,
    machine,
    config,
    unit,
    ...(units && { units }),
    warmUp,
    samples,
    median: Object.fromEntries(medians),
    ratio: Object.fromEntries(ratios),
  };
}

/**
 * For a person; the raw samples stay in it.
 * @param {BenchReport} report
 */
export function tableOf(report) {
  const rows = Object.entries(report.samples).flatMap(([label, { ours, peer }]) => {
    const medians = report.median[label];
    const ratio = report.ratio[label];
    const summary = [
      ['', 'median', 'lowest', 'highest', 'samples'],
      ['ours', ...figures(medians?.ours ?? null, ours)],
      ...(peer.length > 0 ? [['peer', ...figures(medians?.peer ?? null, peer)]] : []),
    ];
    const end = ratio == null ? [] : [`  ${verdict(ratio, report.units?.[label])}`];
    return ['', `${label}, ${report.units?.[label] ?? report.unit}`, ...aligned(summary), ...end];
  });
  const config = Object.entries(report.config).map(([key, value]) => `${key} ${String(value)}`);
  const machine = Object.entries(report.machine).map(([key, value]) => `${key} ${String(value)}`);
  return [
    `${report.name} at ${report.commit}`,
    `machine: ${machine.join(', ')}`,
    `config: ${config.join(', ')}`,
    `warm-up: ${report.warmUp}`,
    ...rows,
    '',
  ].join('\n');
}

/**
 * @param {number} ratio
 * @param {string | undefined} unit the label's own, which says what is better
 */
function verdict(ratio, unit) {
  if (unit === undefined) return `ours / peer ${shown(ratio, 3)}`;
  const ahead = ratio >= 1 ? ['ours', ratio] : ['peer', 1 / ratio];
  return `ahead: ${String(ahead[0])}, ${shown(Number(ahead[1]), 2)} times as fast`;
}

/**
 * @param {number | null} middle
 * @param {readonly number[]} samples
 */
function figures(middle, samples) {
  if (middle === null) return ['-', '-', '-', 'none'];
  const raw = samples.map((sample) => shown(sample)).join(' ');
  return [shown(middle), shown(Math.min(...samples)), shown(Math.max(...samples)), raw];
}

/**
 * @param {number} value
 * @param {number} [digits]
 */
function shown(value, digits = 1) {
  return value.toFixed(digits);
}

/** @param {readonly (readonly string[])[]} rows */
function aligned(rows) {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => cell.padStart(widths[column] ?? 0));
    return `  ${cells.join('  ')}`.trimEnd();
  });
}
