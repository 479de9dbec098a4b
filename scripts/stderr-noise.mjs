/** Tells Chromium's harmless complaints on standard error from lines that matter; pure. */

/** As Chromium writes them: `[pid:MMDD/HHMMSS.micros:LEVEL:source/file.cc(line)] text`. */
const CHROMIUM_LINE = /^\[\d+(?::\d+)?:\d{4}\/\d{6}\.\d+:(?:ERROR|WARNING|INFO):([^\]]+)\]/;

/** Sources that complain on machines without a desktop bus, a GPU or a browser vendor's keys. */
const NOISY_SOURCES =
  /(^|\/)(dbus\/|bus\.cc|object_proxy\.cc|gpu\/|viz_main_impl|gl_|vaapi|vulkan_|angle_|command_buffer_proxy_impl|gcm\/|network_service_instance_impl|browser_main_loop|system_network_context|zygote_host_impl_linux|zygote_communication_linux|desktop_capture|device_event_log)/;

const NOISY_LINES = [
  /^libva (info|error):/,
  /^Xlib: {2}extension /,
  /^MESA(-LOADER)?: /,
  /(GLib-GObject|GLib-GIO|Gtk|dconf|atk-bridge|AT-SPI)[- ]?(WARNING|CRITICAL|MESSAGE)?\b.*\*\*/i,
  /^\(\w+:\d+\): (Gtk|GLib|dconf|GVFS)/,
  /^Gtk-Message: /,
  /^dbus\[\d+\]: /,
];

/** @param {string} line without its line end */
export function isNoise(line) {
  const source = CHROMIUM_LINE.exec(line)?.[1];
  if (source !== undefined) return NOISY_SOURCES.test(source);
  return NOISY_LINES.some((pattern) => pattern.test(line));
}

/**
 * Passes lines on as they become whole, except the noisy ones.
 * @param {(text: string) => void} write
 * @returns {{ push: (text: string) => void, end: () => void }}
 */
export function createNoiseFilter(write) {
  let rest = '';
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (!isNoise(line)) write(`${line}\n`);
    },
    end() {
      if (rest !== '' && !isNoise(rest)) write(rest);
      rest = '';
    },
  };
}
