import { Combobox, Textarea, useCombobox } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { findMentionStart, matchMembers } from './mentions.js';
import { useTeamMembers } from './issues.query.js';

/** A field for Markdown; after `@` it offers the members of the team. */
export function MentionFieldView({
  label,
  description,
  value,
  minRows = 3,
  onChange,
}: {
  label: string;
  description?: string;
  value: string;
  minRows?: number;
  onChange: (text: string) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const members = useTeamMembers().data ?? [];
  const combobox = useCombobox();
  const caret = field.current?.selectionStart ?? value.length;
  const start = findMentionStart(value, caret);
  const matches = start === undefined ? [] : matchMembers(members, start.typed);
  const typed = matches.length === 0 ? undefined : start?.typed;
  useEffect(() => {
    if (typed === undefined || document.activeElement !== field.current) combobox.closeDropdown();
    else {
      combobox.openDropdown();
      combobox.selectFirstOption();
    }
  }, [typed]);
  return (
    <Combobox
      store={combobox}
      position="bottom-start"
      width={260}
      onOptionSubmit={(name) => {
        if (start === undefined) return;
        const head = `${value.slice(0, start.at)}@${name} `;
        onChange(head + value.slice(caret));
        combobox.closeDropdown();
        requestAnimationFrame(() => {
          field.current?.focus();
          field.current?.setSelectionRange(head.length, head.length);
        });
      }}
    >
      <Combobox.Target withExpandedAttribute={false}>
        <Textarea
          ref={field}
          label={label}
          description={description}
          autosize
          minRows={minRows}
          maxRows={20}
          maxLength={10_000}
          value={value}
          onChange={(event) => {
            onChange(event.currentTarget.value);
          }}
          onBlur={() => {
            combobox.closeDropdown();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={matches.length === 0}>
        <Combobox.Options aria-label="Members of the team">
          {matches.map(({ id, displayName }) => (
            <Combobox.Option key={id} value={displayName}>
              {displayName}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
