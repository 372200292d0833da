// Does nothing, with every library that the server links: what only loading them costs.
int main() {
  return 0;
}
