"use client";

import { Columns3 } from "lucide-react";
import { Button } from "../ui/button";
import { Menu, MenuCheckbox } from "../ui/menu";
import { CHOOSABLE_COLUMNS } from "./recording-columns";

interface ColumnMenuProps {
  readonly hidden: readonly string[];
  readonly onToggle: (id: string) => void;
}

/** Which columns the list shows. */
export function ColumnMenu({ hidden, onToggle }: ColumnMenuProps) {
  return (
    <Menu trigger={<Button icon={Columns3}>Columns</Button>}>
      {CHOOSABLE_COLUMNS.map(({ id, label }) => (
        <MenuCheckbox key={id} checked={!hidden.includes(id)} onChange={() => onToggle(id)}>
          {label}
        </MenuCheckbox>
      ))}
    </Menu>
  );
}
