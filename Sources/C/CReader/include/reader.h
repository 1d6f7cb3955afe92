#pragma once

// The name of the environment variable by which a program that was started anew knows that it is to be the reader of foreign bytes.
#define IDRKIT_READER "IDRKIT_READER"
// Its socket.
#define IDRKIT_READER_SOCKET 3
// The name of the environment variable that holds the number of the process with which this one is to end.
#define IDRKIT_PARENT "IDRKIT_PARENT"
