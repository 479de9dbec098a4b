/** Adds up what every layer of the tests reported; pure. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {Counts & { layer: string }} LayerResult */

/**
 * @param {string} layer
 * @param {unknown} report vitest's JSON report, or null when there is none
 * @param {number} exitCode
 * @returns {LayerResult}
 */
export function readVitest(layer, report, exitCode) {
  const passed = number(report, 'numPassedTests');
  const failed = number(report, 'numFailedTests');
  const skipped = number(report, 'numPendingTests') + number(report, 'numTodoTests');
  return { layer, ...withExitCode({ passed, failed, skipped }, exitCode) };
}

/**
 * @param {string} layer
 * @param {unknown} report Playwright's JSON report, or null when there is none
 * @param {number} exitCode
 * @returns {LayerResult}
 */
export function readPlaywright(layer, report, exitCode) {
  const stats = field(report, 'stats');
  const passed = number(stats, 'expected');
  // A test that passed only on its second try is not one to rely on.
  const failed = number(stats, 'unexpected') + number(stats, 'flaky');
  return {
    layer,
    ...withExitCode({ passed, failed, skipped: number(stats, 'skipped') }, exitCode),
  };
}

/**
 * A check such as the linter counts as one test.
 * @param {string} layer
 * @param {number} exitCode
 * @returns {LayerResult}
 */
export function readCheck(layer, exitCode) {
  return { layer, passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
}

/**
 * A runner that failed without a failed test broke before or beside them: that is one failure too.
 * @param {Counts} counts
 * @param {number} exitCode
 */
function withExitCode(counts, exitCode) {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * @param {readonly LayerResult[]} results
 * @param {boolean} ci where a skipped test counts against the run
 * @returns {{ line: string, ok: boolean, empty: string[] }}
 */
export function summarise(results, ci) {
  const add = (/** @type {keyof Counts} */ key) =>
    results.reduce((sum, result) => sum + result[key], 0);
  const [passed, failed, skipped] = [add('passed'), add('failed'), add('skipped')];
  const empty = results
    .filter((result) => result.passed + result.failed + result.skipped === 0)
    .map((result) => result.layer);
  return {
    line: `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`,
    ok: failed === 0 && passed > 0 && empty.length === 0 && !(ci && skipped > 0),
    empty,
  };
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
function field(value, name) {
  if (typeof value !== 'object' || value === null) return undefined;
  return /** @type {Record<string, unknown>} */ (value)[name];
}

/**
 * @param {unknown} value
 * @param {string} name
 */
function number(value, name) {
  const found = field(value, name);
  return typeof found === 'number' ? found : 0;
}
