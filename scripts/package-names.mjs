/** Which system packages hold what Lull needs, by distribution; pure. */

/** What a machine may lack: the window's libraries, or things only the tests use. */
/** @typedef {'window' | 'screen' | 'bus' | 'fonts' | 'vulkan'} Need */
/** @typedef {{ installer: string, packages: string[] }} Packages */

const DEBIAN = {
  window: [
    'libgtk-3-0',
    'libnss3',
    'libasound2',
    'libgbm1',
    'libxss1',
    'libatk-bridge2.0-0',
    'libdrm2',
  ],
  screen: ['xvfb'],
  bus: ['dbus'],
  fonts: ['fonts-noto-core', 'fonts-noto-color-emoji'],
  vulkan: ['mesa-vulkan-drivers', 'libvulkan1'],
};

/** Renamed when 32-bit time became 64-bit, in Debian 13 and Ubuntu 24.04. */
const RENAMED = new Set(['libgtk-3-0', 'libasound2', 'libatk-bridge2.0-0']);
const NEW_DEBIAN_MAJOR = 13;
const NEW_UBUNTU_MAJOR = 24;
/** Code names that derivatives give for the release they are built on. */
const OLD_CODENAMES = new Set(['buster', 'bullseye', 'bookworm', 'focal', 'jammy']);

const FEDORA = {
  window: ['gtk3', 'nss', 'alsa-lib', 'mesa-libgbm', 'libXScrnSaver', 'at-spi2-atk', 'libdrm'],
  screen: ['xorg-x11-server-Xvfb'],
  bus: ['dbus-daemon'],
  fonts: ['google-noto-sans-fonts', 'google-noto-color-emoji-fonts'],
  vulkan: ['mesa-vulkan-drivers', 'vulkan-loader'],
};

const ARCH = {
  window: ['gtk3', 'nss', 'alsa-lib', 'mesa', 'libxss', 'at-spi2-core', 'libdrm'],
  screen: ['xorg-server-xvfb'],
  bus: ['dbus'],
  fonts: ['noto-fonts', 'noto-fonts-emoji'],
  vulkan: ['vulkan-swrast', 'vulkan-icd-loader'],
};

/**
 * @param {string} text the content of /etc/os-release
 * @returns {Record<string, string>}
 */
export function parseOsRelease(text) {
  const pairs = text.split('\n').flatMap((line) => {
    const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim());
    return match ? [[match[1] ?? '', match[2] ?? match[3] ?? match[4] ?? '']] : [];
  });
  return /** @type {Record<string, string>} */ (Object.fromEntries(pairs));
}

/**
 * @param {Record<string, string>} os as `parseOsRelease` gives it
 * @param {readonly Need[]} needs
 * @returns {Packages | null} null for a distribution that is not known here
 */
export function packagesFor(os, needs) {
  const family = `${os['ID'] ?? ''} ${os['ID_LIKE'] ?? ''}`.split(' ');
  if (family.includes('debian') || family.includes('ubuntu')) {
    const packages = needs.flatMap((need) => DEBIAN[need]);
    const named = hasNewNames(os) ? packages.map(newName) : packages;
    return { installer: 'apt-get install --yes --no-install-recommends', packages: named };
  }
  if (family.includes('fedora') || family.includes('rhel')) {
    return { installer: 'dnf install', packages: needs.flatMap((need) => FEDORA[need]) };
  }
  if (family.includes('arch')) {
    return { installer: 'pacman -S', packages: needs.flatMap((need) => ARCH[need]) };
  }
  return null;
}

/**
 * @param {Packages} wanted
 * @returns {string[]} commands for root, one after the other
 */
export function installCommands({ installer, packages }) {
  // A fresh machine has no package lists, and old ones name packages that are gone.
  const before = installer.startsWith('apt-get') ? ['apt-get update'] : [];
  return [...before, `${installer} ${packages.join(' ')}`];
}

/** @param {Record<string, string>} os */
function hasNewNames(os) {
  const major = Number.parseInt(os['VERSION_ID'] ?? '', 10);
  if (os['ID'] === 'debian') return Number.isNaN(major) || major >= NEW_DEBIAN_MAJOR;
  if (os['ID'] === 'ubuntu') return Number.isNaN(major) || major >= NEW_UBUNTU_MAJOR;
  const codename = os['UBUNTU_CODENAME'] ?? os['DEBIAN_CODENAME'] ?? os['VERSION_CODENAME'] ?? '';
  return !OLD_CODENAMES.has(codename);
}

/** @param {string} name */
function newName(name) {
  return RENAMED.has(name) ? `${name}t64` : name;
}
