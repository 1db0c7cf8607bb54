"use client";

import { AppWindow, ExternalLink, PackageX } from "lucide-react";
import { useState } from "react";
import type { AppJson } from "@/lib/sessions/session-schema";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/states";
import { TablePanel } from "../ui/table";
import { APP_ICONS } from "./app-icons";
import { catalogueGrid } from "./catalogue-skeleton";
import { useLaunch } from "./use-launch";
import { WithCommands } from "./with-commands";

/** All apps of this installation, those that cannot run here too. */
export function AppCatalogue({ apps }: { readonly apps: readonly AppJson[] }) {
  if (apps.length === 0) {
    return (
      <TablePanel>
        <EmptyState icon={AppWindow} title="There are no apps">
          Apps are desktops, terminals and web pages that run in a container of their own. An
          administrator switches them on.
        </EmptyState>
      </TablePanel>
    );
  }
  return (
    <ul className={`${catalogueGrid} items-start`}>
      {apps.map((app) => (
        <AppCard key={app.id} app={app} />
      ))}
    </ul>
  );
}

function AppCard({ app }: { readonly app: AppJson }) {
  const launch = useLaunch();
  const [starting, setStarting] = useState(false);
  const Icon = APP_ICONS[app.kind];
  const start = async () => {
    setStarting(true);
    await launch(app);
    setStarting(false);
  };
  return (
    <li className="flex flex-col rounded-md border border-line bg-surface p-4">
      <div className="flex items-start gap-3">
        <span className="flex size-9 shrink-0 items-center justify-center rounded-md bg-hover">
          <Icon aria-hidden strokeWidth={1.5} className="size-5 text-ink-muted" />
        </span>
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">{app.name}</h2>
          <p className="text-pretty text-ink-muted">{app.description}</p>
        </div>
      </div>
      <div className="mt-auto pt-4">
        {app.available ? (
          <Button
            look="solid"
            icon={ExternalLink}
            busy={starting}
            onClick={() => void start()}
            aria-label={`Open ${app.name} in a new tab`}
          >
            Open
          </Button>
        ) : (
          <div className="flex gap-2 border-t border-line pt-3 text-ink-muted">
            <PackageX aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-subtle" />
            <div className="min-w-0">
              <p className="font-medium text-ink">Not available here</p>
              <WithCommands text={app.unavailable_reason ?? "An administrator can say why."} />
            </div>
          </div>
        )}
      </div>
    </li>
  );
}
