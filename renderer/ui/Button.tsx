/** A button with words on it. */
import type { ComponentProps } from 'react';

interface Props extends ComponentProps<'button'> {
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
}

export function Button({ look = 'plain', className = '', ...rest }: Props) {
  return <button type="button" {...rest} className={`button button-${look} ${className}`} />;
}
