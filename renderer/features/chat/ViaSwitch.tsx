/** Who the next question goes to. */
import type { Via } from '../../store/app-state.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Segments } from '../../ui/Segments.tsx';

const WAYS: readonly { readonly value: Via; readonly name: string }[] = [
  { value: 'local', name: 'This computer' },
  { value: 'network', name: 'Network' },
];

export function ViaSwitch() {
  const via = useApp((state) => state.via);
  const { setVia } = useActions();
  return (
    <Segments legend="Who answers" options={WAYS} chosen={via} size="small" onChoose={setVia} />
  );
}
