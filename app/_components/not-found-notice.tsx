import { SearchX } from "lucide-react";
import { Notice } from "./notice";
import { ButtonLink } from "./ui/button";

/** What somebody sees at an address at which there is nothing. */
export function NotFoundNotice() {
  return (
    <Notice
      icon={SearchX}
      title="There is nothing at this address"
      action={<ButtonLink href="/apps">Go to the apps</ButtonLink>}
    >
      It may have been deleted, or the address has a mistake in it.
    </Notice>
  );
}
