/** The picture of an address, drawn beside it so that two addresses are told apart at a glance. */
import { identicon, IDENTICON_SIZE } from './identicon-cells.ts';

export function Identicon({ address }: { readonly address: string }) {
  const { cells, hue } = identicon(address);
  return (
    <svg
      className="identicon"
      viewBox={`-0.5 -0.5 ${String(IDENTICON_SIZE + 1)} ${String(IDENTICON_SIZE + 1)}`}
      style={{ color: `oklch(var(--identicon) ${String(hue)})` }}
      shapeRendering="crispEdges"
      aria-hidden="true"
    >
      {cells.map(({ x, y }) => (
        <rect key={`${String(x)} ${String(y)}`} x={x} y={y} width="1" height="1" />
      ))}
    </svg>
  );
}
