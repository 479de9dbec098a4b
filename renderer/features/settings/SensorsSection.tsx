/** Settings: what every sensor says just now, and whether the self-test lets this computer serve. */
import type { SelfTest, SensorLine } from '../../../electron/ipc/governor.ts';
import { formatDateTime, formatDuration } from '../../format/times.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';

export function SensorsSection() {
  const selfTest = useApp((state) => state.snapshot?.governor.selfTest);
  if (!selfTest) return null;
  return (
    <Card title="Sensors and self-test" anchor="settings-sensors">
      <SelfTestPart selfTest={selfTest} />
      <SensorsPart />
    </Card>
  );
}

const STATES: Readonly<Record<SelfTest['state'], string>> = {
  none: 'Not done yet. It runs by itself before this computer serves for the first time.',
  running: 'Running.',
  passed: 'Passed.',
  failed: 'Failed: nothing is served until it passes. You can run it again at any time.',
};

function SelfTestPart({ selfTest: { state, atMs, detail } }: { readonly selfTest: SelfTest }) {
  const { runSelfTest } = useActions();
  const isRunning = state === 'running';
  return (
    <div className="optional">
      <p className="optional-title">Self-test</p>
      <p className="quiet">
        Asks the engine a short question, compares its answer with the known one, and looks whether
        the card tells its temperature.
      </p>
      <p role="status">
        {STATES[state]}
        {detail === null ? '' : ` ${sentenceOf(detail)}`}
        {atMs === null ? null : <span className="quiet"> {formatDateTime(atMs)}</span>}
      </p>
      <Button
        className="button-small"
        aria-disabled={isRunning}
        onClick={() => {
          if (!isRunning) void runSelfTest();
        }}
      >
        {state === 'none' ? 'Run the self-test' : 'Run it again'}
      </Button>
    </div>
  );
}

function sentenceOf(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function SensorsPart() {
  const { state, lines, failure } = useApp((app) => app.sensors);
  const { checkSensors } = useActions();
  const isAsking = state === 'asking';
  return (
    <div className="optional">
      <p className="optional-title">Sensors</p>
      <p className="quiet">
        What Lull knows of this computer, where from, and how old that is. What cannot be read
        counts as a reason not to serve, never as a yes.
      </p>
      <Button
        className="button-small"
        aria-disabled={isAsking}
        onClick={() => {
          void checkSensors();
        }}
      >
        {isAsking ? 'Checking' : 'Check all sensors'}
      </Button>
      <span className="only-read" role="status">
        {state === 'known' ? `${String(lines.length)} sensors were read.` : ''}
      </span>
      {failure === null ? null : <FailureNote failure={failure} />}
      {lines.length === 0 ? null : <SensorTable lines={lines} />}
    </div>
  );
}

const COLUMNS = ['Sensor', 'Reading', 'From', 'Age'] as const;

function SensorTable({ lines }: { readonly lines: readonly SensorLine[] }) {
  return (
    <div className="table-scroll" role="region" aria-label="All sensors" tabIndex={0}>
      <table className="sensors">
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ id, title, value, source, ageMs }) => (
            <tr key={id}>
              <th scope="row">{title}</th>
              <td>{value ?? <span className="quiet">Not known</span>}</td>
              <td>{source}</td>
              <td>{ageMs === null ? '–' : formatDuration(ageMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
