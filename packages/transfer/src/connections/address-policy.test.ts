import { describe, expect, test } from "vitest";
import { get, resolver, serve } from "../testing/serve.ts";
import { refusedRange } from "./address-policy.ts";

const refusedAlways = [
  "169.254.169.254",
  "169.254.170.2",
  "169.254.0.1",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
  "fe80::1",
  "fe80::1%eth0",
  "febf::1",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::ffff:0:169.254.169.254",
  "::169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::a9fe:a9fe",
  "2002:a9fe:a9fe::",
  "2002:a9fe:a9fe::1",
];

const notPublic = [
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.8.8.8",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.2.1",
  "192.168.1.1",
  "198.18.0.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::ffff:0:10.0.0.1",
  "64:ff9b::10.0.0.1",
  "64:ff9b:1::8.8.8.8",
  "2002:7f00:1::",
  "2001::1",
  "2001:db8::1",
  "fc00::1",
  "fd12:3456::1",
  "fec0::1",
  "ff02::1",
];

const publicOnes = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "223.255.255.255",
  "2606:4700::1111",
  "2a00:1450:4001::1",
  "::ffff:8.8.8.8",
  "64:ff9b::8.8.8.8",
  "2002:808:808::1",
];

test.each(refusedAlways)("%s is connected to by nobody", (address) => {
  expect(refusedRange(address, "any")).toBe("link-local or metadata");
  expect(refusedRange(address, "public")).toBe("link-local or metadata");
});

test.each(notPublic)("%s is not public", (address) => {
  expect(refusedRange(address, "any")).toBeUndefined();
  expect(refusedRange(address, "public")).toBe("not public");
});

test.each(publicOnes)("%s is public", (address) => {
  expect(refusedRange(address, "any")).toBeUndefined();
  expect(refusedRange(address, "public")).toBeUndefined();
});

const refused = { code: "TRANSFER_ADDRESS_REFUSED", category: "not-allowed" };

describe("URLs that name an address", () => {
  test.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://0251.0376.0251.0376/",
    "http://169.16689662/",
    "http://169.254.169.254./",
    "http://%31%36%39.254.169.254/",
    "http://[fe80::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "https://[fd00:ec2::254]/",
    "http://metadata.google.internal/",
    "http://METADATA.google.internal./",
    "http://metadata/",
  ])("%s is refused without a look-up", async (url) => {
    const lookup = resolver({});
    await using served = await serve({ lookup });
    await expect(get(served.client, url)).rejects.toMatchObject(refused);
    expect(lookup.asked).toEqual([]);
  });

  test.each(["http://127.0.0.1", "http://2130706433", "http://0x7f.1", "http://[::ffff:127.0.0.1]", "http://0"])(
    "%s is refused where all must be public",
    async (origin) => {
      await using served = await serve({ addresses: "public" });
      await expect(get(served.client, `${origin}:${served.server.port}/`)).rejects.toMatchObject(refused);
      expect(served.server.connections).toBe(0);
    },
  );

  test("loopback is allowed where not all must be public", async () => {
    await using served = await serve();
    expect((await get(served.client, `http://2130706433:${served.server.port}/`)).status).toBe(404);
  });
});

describe("names", () => {
  test.each([
    ["any", ["169.254.169.254"]],
    ["any", ["127.0.0.1", "169.254.169.254"]],
    ["any", ["::ffff:169.254.169.254"]],
    ["public", ["127.0.0.1"]],
    ["public", ["8.8.8.8", "127.0.0.1"]],
    ["public", ["127.0.0.1", "8.8.8.8"]],
    ["public", ["::1"]],
  ] as const)("%s: one that leads to %j is refused, and nothing is sent", async (addresses, found) => {
    await using served = await serve({ addresses, lookup: resolver({ "models.test": found }) });
    await expect(get(served.client, `http://models.test:${served.server.port}/`)).rejects.toMatchObject(refused);
    expect(served.server.connections).toBe(0);
  });

  test("localhost is no public name", async () => {
    await using served = await serve({ addresses: "public" });
    await expect(get(served.client, `http://localhost:${served.server.port}/`)).rejects.toMatchObject(refused);
  });

  test("what is connected to is what was checked: a name is resolved once, and anew for another connection", async () => {
    const answers = [["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"]];
    let asked = 0;
    await using served = await serve({
      lookup(_host, _options, callback) {
        callback(
          null,
          (answers[asked++] ?? []).map((address) => ({ address, family: 4 })),
        );
      },
    });
    served.server.put("/f", { content: Buffer.from("ok") });
    served.server.inject({ kind: "close-after" });
    const url = `http://models.test:${served.server.port}/f`;
    expect(String((await get(served.client, url)).body)).toBe("ok");
    expect(asked).toBe(1);
    await expect(get(served.client, url)).rejects.toMatchObject(refused);
    expect(String((await get(served.client, url)).body)).toBe("ok");
    expect(served.server.connections).toBe(2);
  });

  test("where a redirect leads is checked as well", async () => {
    await using served = await serve({
      lookup: resolver({ "models.test": ["127.0.0.1"], "cdn.test": ["169.254.169.254"] }),
    });
    served.server.redirect("/name", `http://cdn.test:${served.server.port}/f`);
    served.server.redirect("/address", "http://169.254.169.254/latest");
    served.server.redirect("/number", "http://2852039166/latest");
    for (const path of ["name", "address", "number"]) {
      await expect(get(served.client, `http://models.test:${served.server.port}/${path}`)).rejects.toMatchObject(
        refused,
      );
    }
  });

  test("a resolver that gives addresses as text, one only, is asked rightly", async () => {
    await using served = await serve({ lookup: (_host, _options, callback) => callback(null, "127.0.0.1", 4) });
    expect((await get(served.client, `http://models.test:${served.server.port}/`)).status).toBe(404);
  });

  test.each(["no address", ""])("a resolver that gives %j gives nothing", async (address) => {
    await using served = await serve({
      lookup: (_host, _options, callback) => callback(null, [{ address, family: 4 }]),
    });
    await expect(get(served.client, "http://models.test/")).rejects.toMatchObject({ code: "TRANSFER_HOST_UNKNOWN" });
  });
});
