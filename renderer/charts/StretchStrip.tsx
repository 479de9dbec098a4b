/** Stretches of time side by side on one strip, told apart by pattern as well as by colour. */
import { useId, useState } from 'react';
import { Tip } from './chart-parts.tsx';
import { useBarFocus } from './use-bar-focus.ts';
import { useWidth } from './use-width.ts';

export interface StripPart {
  readonly key: string;
  /** Of the whole strip, 0 to 1. */
  readonly start: number;
  readonly end: number;
  /** Which colour and pattern. */
  readonly look: string;
  /** Everything about it, for the tip and for screen readers. */
  readonly words: string;
}

interface Props {
  readonly label: string;
  /** Left to right. */
  readonly parts: readonly StripPart[];
  readonly ticks: readonly { readonly share: number; readonly name: string }[];
}

const HEIGHT = 70;
const TOP = 4;
const BAR = 40;
/** Short is never drawn as nothing. */
const LEAST_PX = 2;
/** Half of a label, so that none is cut at the edge. */
const LABEL_PX = 20;

export function StretchStrip({ label, parts, ticks }: Props) {
  const { target, width } = useWidth<HTMLDivElement>();
  const focus = useBarFocus(parts.length);
  const [shown, setShown] = useState<number | null>(null);
  const shownPart = shown === null ? undefined : parts[shown];
  const patterns = useId();
  return (
    <div ref={target} className="chart day-strip">
      <svg
        width={width}
        height={HEIGHT}
        role="group"
        aria-label={label}
        onKeyDown={focus.onKeyDown}
      >
        <StripPatterns id={patterns} />
        <rect className="strip-track" x={0} y={TOP} width={width} height={BAR} />
        {parts.map(({ key, start, end, look, words }, index) => (
          <g
            key={key}
            className={`strip-part strip-${look}`}
            data-bar={index}
            role="img"
            aria-label={words}
            tabIndex={index === focus.current ? 0 : -1}
            onFocus={() => {
              focus.onFocus(index);
              setShown(index);
            }}
            onBlur={() => {
              setShown(null);
            }}
            onPointerEnter={() => {
              setShown(index);
            }}
            onPointerLeave={() => {
              setShown(null);
            }}
          >
            <Part {...placeOf(start, end, width)} pattern={`${patterns}-${look}`} />
          </g>
        ))}
        {ticks.map(({ share, name }) =>
          share * width < LABEL_PX || share * width > width - LABEL_PX ? null : (
            <g key={name} className="strip-tick" aria-hidden="true">
              <line x1={share * width} x2={share * width} y1={TOP + BAR} y2={TOP + BAR + 5} />
              <text x={share * width} y={HEIGHT - 4} textAnchor="middle">
                {name}
              </text>
            </g>
          ),
        )}
      </svg>
      {shownPart ? <Tip words={shownPart.words} x={shownPart.start * width} width={width} /> : null}
    </div>
  );
}

/** Never past the edge, where it could not be seen. */
function placeOf(start: number, end: number, width: number): Pick<PartProps, 'x' | 'size'> {
  const size = Math.max(LEAST_PX, (end - start) * width);
  return { x: Math.max(0, Math.min(start * width, width - size)), size };
}

interface PartProps {
  readonly x: number;
  readonly size: number;
  readonly pattern: string;
}

function Part({ x, size, pattern }: PartProps) {
  const shape = { x, y: TOP, width: size, height: BAR };
  return (
    <>
      <rect className="strip-fill" {...shape} />
      <rect fill={`url(#${pattern})`} {...shape} />
      <rect className="strip-edge" {...shape} />
    </>
  );
}

/** Lines and dots in the colour of the text beneath; those that are plain have none. */
const PATTERNS: Readonly<Record<string, { readonly size: number; readonly path: string }>> = {
  ready: { size: 8, path: 'M 0 4 H 8' },
  owner: { size: 8, path: 'M 0 8 L 8 0' },
  program: { size: 8, path: 'M 0 0 L 8 8' },
  power: { size: 8, path: 'M 4 0 V 8' },
  heat: { size: 8, path: 'M 0 8 L 8 0 M 0 0 L 8 8' },
  choice: { size: 10, path: 'M 4 5 h 2' },
  fault: { size: 10, path: 'M 0 5 H 10 M 5 0 V 10' },
};

function StripPatterns({ id }: { readonly id: string }) {
  return (
    <defs>
      {Object.entries(PATTERNS).map(([look, { size, path }]) => (
        <pattern
          key={look}
          id={`${id}-${look}`}
          width={size}
          height={size}
          patternUnits="userSpaceOnUse"
        >
          <path className={`strip-pattern strip-pattern-${look}`} d={path} />
        </pattern>
      ))}
    </defs>
  );
}

/** One square of the legend. */
export function StripSwatch({ look }: { readonly look: string }) {
  const patterns = useId();
  return (
    <svg className={`strip-swatch strip-${look}`} width={18} height={18} aria-hidden="true">
      <StripPatterns id={patterns} />
      <rect className="strip-fill" width={18} height={18} />
      <rect fill={`url(#${patterns}-${look})`} width={18} height={18} />
      <rect className="strip-edge" width={18} height={18} />
    </svg>
  );
}
