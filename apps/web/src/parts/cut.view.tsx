import { Text, type TextProps } from '@mantine/core';

/** One line of text that is cut where there is no more room; the whole of it stands in its title. */
export function CutView({ text, ...rest }: { text: string } & TextProps) {
  return (
    <Text truncate title={text} size="sm" {...rest}>
      {text}
    </Text>
  );
}
