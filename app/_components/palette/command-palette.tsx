"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { useState } from "react";
import type { ShellAccess } from "../shell/destinations";
import { Kbd } from "../ui/kbd";
import { useKeyDown } from "../use-key-down";
import type { Command, CommandGroup } from "./command";
import { useCommands } from "./use-commands";

interface CommandPaletteProps {
  readonly access: ShellAccess;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Ctrl/Cmd+K: goes anywhere, starts an app, finds a recording. */
export function CommandPalette({ access, open, onOpenChange }: CommandPaletteProps) {
  useKeyDown((event) => {
    const chord = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!chord || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    onOpenChange(!open);
  });
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          aria-label="Find anything"
          className="fixed inset-x-3 top-[10dvh] z-40 mx-auto flex max-h-[70dvh] max-w-xl flex-col overflow-hidden rounded-md bg-raised shadow-popup transition-opacity outline-none data-ending-style:opacity-0 data-starting-style:opacity-0"
        >
          <PaletteBody access={access} onDone={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface PaletteBodyProps {
  readonly access: ShellAccess;
  readonly onDone: () => void;
}

function PaletteBody({ access, onDone }: PaletteBodyProps) {
  const [query, setQuery] = useState("");
  const { groups, searching } = useCommands(access, query);
  return (
    <Autocomplete.Root
      open
      inline
      mode="none"
      items={groups}
      itemToStringValue={(command: Command) => command.label}
      autoHighlight="always"
      keepHighlight
      value={query}
      onValueChange={(value, details) => {
        if (details.reason !== "item-press") setQuery(value);
      }}
    >
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search aria-hidden className="size-4 text-ink-subtle" />
        <Autocomplete.Input
          aria-label="Find a page, an app or a recording"
          placeholder={
            access.recordingEnabled ? "Find a page, an app, a recording…" : "Find a page, an app…"
          }
          className="h-11 min-w-0 flex-1 bg-transparent text-base text-ink outline-none placeholder:text-ink-subtle"
        />
        <Kbd>Esc</Kbd>
        <Dialog.Close className="sr-only">Close</Dialog.Close>
      </div>
      <Autocomplete.Empty className="px-3 py-6 text-center text-ink-muted empty:hidden">
        {searching ? "Searching…" : "Nothing here has that name."}
      </Autocomplete.Empty>
      <Autocomplete.List className="overflow-y-auto overscroll-contain py-1 data-empty:hidden">
        {(group: CommandGroup) => <PaletteGroup key={group.label} group={group} onDone={onDone} />}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

interface PaletteGroupProps {
  readonly group: CommandGroup;
  readonly onDone: () => void;
}

function PaletteGroup({ group, onDone }: PaletteGroupProps) {
  return (
    <Autocomplete.Group items={group.items} className="pb-1">
      <Autocomplete.GroupLabel className="px-3 pt-2 pb-1 text-sm font-medium text-ink-subtle">
        {group.label}
      </Autocomplete.GroupLabel>
      <Autocomplete.Collection>
        {(command: Command) => (
          <Autocomplete.Item
            key={command.id}
            value={command}
            onClick={() => {
              onDone();
              command.run();
            }}
            className="mx-1 flex min-h-(--control) cursor-default items-center gap-2.5 rounded-md px-2 select-none data-highlighted:bg-pressed"
          >
            <command.icon aria-hidden className="size-4 shrink-0 text-ink-subtle" />
            <span className="min-w-0 flex-1 truncate">{command.label}</span>
            <span className="shrink-0 text-sm text-ink-subtle">{command.hint}</span>
          </Autocomplete.Item>
        )}
      </Autocomplete.Collection>
    </Autocomplete.Group>
  );
}
