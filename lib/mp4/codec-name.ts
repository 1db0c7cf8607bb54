import { children, Fields, fourCc, fourCcName } from "./boxes";

const AVC_CONFIGURATION = fourCc("avcC");
const VP_CONFIGURATION = fourCc("vpcC");
const AV1_CONFIGURATION = fourCc("av1C");

/**
 * A video sample entry's codec as in a MIME type's `codecs` parameter (RFC 6381 §3.3), e.g. `avc1.42e01f`, `vp09.00.31.08`;
 * the bare type of the entry where it says no more. `boxes` is what follows the entry's fields.
 * @throws MediaError `corrupt`
 */
export function videoCodecName(type: number, boxes: Uint8Array): string {
  const name = fourCcName(type);
  for (const { type, data } of children(boxes)) {
    const fields = new Fields(data);
    if (type === AVC_CONFIGURATION) {
      // ISO/IEC 14496-15 §5.3.3.1: version, then profile, compatibility and level.
      return `${name}.${hex(fields.skip(1).uint8())}${hex(fields.uint8())}${hex(fields.uint8())}`;
    }
    if (type === VP_CONFIGURATION) {
      // "VP Codec ISO Media File Format Binding": a full box with profile, level and, in 4 bits, the depth.
      const [profile, level] = [fields.skip(4).uint8(), fields.uint8()];
      return [name, decimal(profile), decimal(level), decimal(fields.uint8() >> 4)].join(".");
    }
    if (type === AV1_CONFIGURATION) {
      // "AV1 Codec ISO Media File Format Binding" §2.3.3: marker and version, 3 + 5 bits, then three flags.
      const [levels, depths] = [fields.skip(1).uint8(), fields.uint8()];
      const tier = (depths & 0x80) === 0 ? "M" : "H";
      const depth = (depths & 0x40) === 0 ? 8 : (depths & 0x20) === 0 ? 10 : 12;
      return `${name}.${levels >> 5}.${decimal(levels & 0x1f)}${tier}.${decimal(depth)}`;
    }
  }
  return name;
}

/** `Opus` → `opus` (the names browsers use in `codecs`). */
export function audioCodecName(type: number): string {
  return fourCcName(type).trim().toLowerCase();
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function decimal(value: number): string {
  return String(value).padStart(2, "0");
}
