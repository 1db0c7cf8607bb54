"use client";

import { Columns3 } from "lucide-react";
import { Button } from "../ui/button";
import { Menu, MenuCheckbox } from "../ui/menu";
import { CHOOSABLE_COLUMNS } from "./choosable-columns";
import type { ChosenColumns } from "./column-choices";

/** Which columns the list shows. */
export function ColumnMenu({ shown, toggle }: Pick<ChosenColumns, "shown" | "toggle">) {
  return (
    <Menu trigger={<Button icon={Columns3}>Columns</Button>}>
      {CHOOSABLE_COLUMNS.map(({ id, label }) => (
        <MenuCheckbox key={id} checked={shown.has(id)} onChange={() => toggle(id)}>
          {label}
        </MenuCheckbox>
      ))}
    </Menu>
  );
}
