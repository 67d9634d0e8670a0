// The page goes blank at once by the button or by Esc twice, and by itself when nobody has touched it for five minutes.
export function blanking() {}
