/** Lull's mark: a crescent moon resting on a calm wave. */
export function LullMark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path
        d="M17.6 3.6a8.9 8.9 0 1 0 8.6 12.1 7.3 7.3 0 0 1-8.6-12.1Z"
        fill="currentColor"
        transform="translate(-1.2 0)"
      />
      <path
        d="M4.5 27.2c2-1.9 4-1.9 6 0s4 1.9 6 0 4-1.9 6 0 3.6 1.9 5 .7"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.2"
        strokeLinecap="round"
      />
    </svg>
  );
}
