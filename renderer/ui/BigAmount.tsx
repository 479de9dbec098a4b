/** The one number of a card: smaller when it is long, so that it is never cut in the middle of its digits. */

interface Props {
  /** As it is to be read, or hidden. */
  readonly text: string;
  readonly symbol: string;
}

/** Digits and separators that fit at full size into the narrowest window. */
const FITS = 14;

export function BigAmount({ text, symbol }: Props) {
  return (
    <p className={text.length > FITS ? 'earned-amount earned-amount-long' : 'earned-amount'}>
      {text} <span>{symbol}</span>
    </p>
  );
}
