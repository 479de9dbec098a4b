/** Stands beside every amount of practice money, so that nobody takes it for real. */
export function PracticeBadge() {
  return (
    <span className="badge badge-practice" title="Practice money is worth nothing">
      practice
    </span>
  );
}
