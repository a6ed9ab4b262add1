/// What is done to the distribution once, when it is built.
package thespis.actors.build;
