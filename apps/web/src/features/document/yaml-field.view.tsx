import { Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import classes from './document.module.css';
import type { TextFault } from './document-text.js';

/** Time without typing after which the text is read, in milliseconds. */
const PAUSE_MS = 400;

/** The YAML of a document, with its first error. */
export function YamlFieldView({
  text,
  fault,
  onChange,
}: {
  text: string;
  fault: TextFault | undefined;
  onChange: (text: string) => void;
}) {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    setTyped(text);
  }, [text]);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => {
      onChange(typed);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, text, onChange]);
  return (
    <Textarea
      label="YAML"
      autosize
      minRows={14}
      maxRows={32}
      spellCheck={false}
      classNames={{ input: classes.yaml ?? '' }}
      value={typed}
      error={fault === undefined ? undefined : `Line ${fault.line}: ${fault.message}`}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
      }}
    />
  );
}
