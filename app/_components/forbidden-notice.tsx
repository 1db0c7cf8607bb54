import { ShieldX } from "lucide-react";
import { Notice } from "./notice";
import { ButtonLink } from "./ui/button";

/** What somebody sees instead of a page that is not theirs to see. */
export function ForbiddenNotice() {
  return (
    <Notice
      icon={ShieldX}
      title="You are not allowed to see this"
      action={<ButtonLink href="/apps">Go to the apps</ButtonLink>}
    >
      It belongs to somebody else or needs another role. An administrator can help.
    </Notice>
  );
}
